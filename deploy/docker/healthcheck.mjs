// Ends with 0 when the controller of TMUXLET_STATE_DIR says that it is ready, else with 1, and shows what it says. It
// asks over the unix socket, so it does not depend on the address the controller listens on.
import { get } from 'node:http';

const request = get(
  { socketPath: `${process.env.TMUXLET_STATE_DIR}/tmuxlet.sock`, path: '/readyz?verbose', timeout: 4000 },
  (response) => {
    process.exitCode = response.statusCode === 200 ? 0 : 1;
    response.pipe(process.stdout);
  },
);
request.on('timeout', () => request.destroy(new Error('no answer in time')));
request.on('error', (error) => {
  process.exitCode = 1;
  process.stderr.write(`${error.message}\n`);
});
