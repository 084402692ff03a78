import type { Recipe } from './recipe.ts'

/** tailscaled without an interface; it gives the streams itself. `args` are those of `tailscale up`. */
export const tailscale: Recipe = {
  name: 'tailscaled',
  namespace: false,
  needs: [
    { program: 'tailscaled', source: 'tailscale.com' },
    { program: 'tailscale', source: 'tailscale.com' },
  ],
  wants: [],
  launch: ({ key, args, env }) => ({
    kind: 'program',
    command: [
      ...['tailscaled', '--tun=userspace-networking', '--socket={folder}/tailscaled'],
      ...['--statedir={data}', '--state={data}/tailscaled.state', '--port=0'],
    ],
    env,
    input: null,
    ready: { file: '{folder}/tailscaled' },
    finish: {
      command: [
        ...['tailscale', '--socket={folder}/tailscaled', 'up'],
        ...(key === null ? [] : ['--auth-key=file:/dev/stdin']),
        ...args,
      ],
      input: key,
    },
    way: { localApi: '{folder}/tailscaled' },
  }),
}
