import { withDryMending } from './mending.ts';
import { absentRules } from './rules/absent.ts';
import { deadlineRules } from './rules/deadline.ts';
import { deathRules } from './rules/death.ts';
import { deletionRules } from './rules/deletion.ts';
import { finishedRules } from './rules/finished.ts';
import { extensionRules, heartbeatRules } from './rules/heartbeat.ts';
import { holdRules } from './rules/hold.ts';
import { presentRules } from './rules/present.ts';
import { repairRules } from './rules/repair.ts';
import { requestRules } from './rules/requests.ts';
import { runningRules } from './rules/running.ts';
import { stoppingRules } from './rules/stopping.ts';
import { suspensionRules } from './rules/suspension.ts';
import type { Rule } from './step.ts';

/** The decision table of a Project: the first rule that matches wins, and the last one always does. */
export const decisionTable: readonly Rule[] = withDryMending([
  ...holdRules,
  ...deletionRules,
  ...stoppingRules,
  ...requestRules,
  ...suspensionRules,
  ...finishedRules,
  ...extensionRules,
  ...deadlineRules,
  ...presentRules,
  ...repairRules,
  ...deathRules,
  ...heartbeatRules,
  ...runningRules,
  ...absentRules,
]);
