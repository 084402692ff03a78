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
    files: key === null ? {} : { key: key.trim() },
    ready: { file: '{folder}/tailscaled' },
    finish: [
      ...['tailscale', '--socket={folder}/tailscaled', 'up'],
      ...(key === null ? [] : ['--auth-key=file:{folder}/files/key']),
      ...args,
    ],
    way: { localApi: '{folder}/tailscaled' },
  }),
}
