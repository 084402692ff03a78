/** What brings a network's technology up where it does not run, on a Debian; `…` is the person's. */
export const REMEDIES: Readonly<Record<string, string>> = {
  socks: 'start the proxy that "socks" names',
  tor: 'sudo apt install tor',
  wireguard: 'sudo wg-quick up …',
  zerotier: 'sudo systemctl start zerotier-one',
  mycelium: 'sudo systemctl start mycelium',
  yggdrasil: 'sudo apt install yggdrasil && sudo systemctl start yggdrasil',
  tailscale: 'sudo tailscale up',
  tinc: 'sudo systemctl start tinc@…',
  iroh: 'cargo install dumbpipe',
  command: 'install the program that "command" names',
  jump: 'sudo apt install openssh-client',
}
