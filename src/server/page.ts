import type { ProjectObject } from '../api/project.ts';
import { Html, html } from './html.ts';
import type { List } from './views/list.ts';

const STYLE = new Html(`
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
`);

/** The page at `/`: every Project with its phase and reason. Works without scripts. */
export const projectsPage = (projects: List<ProjectObject>): string =>
  String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tmuxlet</title>
<style>${STYLE}</style>
</head>
<body>
<h1>tmuxlet</h1>
<p>${projects.items.length} Projects. See also <a href="/metrics">metrics</a>, <a href="/readyz?verbose">health</a>.</p>
${projects.metadata.warnings.map((warning) => html`<p role="alert">${warning}</p>`)}
<table>
<thead><tr><th>Project<th>Phase<th>Reason<th>Attempt<th>Restarts<th>Message</tr></thead>
<tbody>${projects.items.map(row)}</tbody>
</table>
</body>
</html>
`);

const row = ({ metadata, status }: ProjectObject): Html =>
  html`<tr><td>${metadata.name}<td>${status.phase}<td>${status.reason}<td>${status.attempt}<td>${status.restarts}<td>${status.message}</tr>`;
