import type { Status } from '../../status.ts';
import type { Page } from '../frame.ts';
import { html } from '../html.ts';

/** What is shown in place of a page that there is not. */
export const troublePage = ({ code, message }: Pick<Status, 'code' | 'message'>): Page => ({
  title: code === 404 ? 'Not found' : 'Trouble',
  section: '',
  everySeconds: 10,
  body: html`
    <h1>${code === 404 ? 'Not found' : 'This cannot be shown'}</h1>
    <p>${message}</p>
    <p><a href="/">To all Projects</a></p>
  `,
});
