# programs.byway for NixOS: byway for all users, its files in /etc/byway, its machines in /etc/ssh/ssh_config.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.programs.byway;
  byway = import ./options.nix { inherit config lib pkgs; };
in
{
  options.programs.byway = byway.options;

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    environment.etc = byway.files;
    programs.ssh.extraConfig = lib.mkIf (cfg.machines != [ ]) ''
      Host ${byway.names}
        CheckHostIP no
        ProxyCommand ${byway.proxyCommand}
    '';
  };
}
