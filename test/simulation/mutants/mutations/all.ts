import type { Mutation } from '../mutation.ts';
import { ends } from './ends.ts';
import { loop } from './loop.ts';
import { others } from './others.ts';
import { starts } from './starts.ts';
import { unknown } from './unknown.ts';

export const mutations: readonly Mutation[] = [...starts, ...unknown, ...ends, ...others, ...loop];
