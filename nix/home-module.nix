# programs.byway for home-manager: byway for one user, its files in ~/.config/byway. Its machines are in ~/.ssh/config
# where home-manager writes that (programs.ssh.enable).
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
    home.packages = [ cfg.package ];
    xdg.configFile = byway.files;
    programs.ssh.matchBlocks = lib.mkIf (cfg.machines != [ ]) {
      byway = {
        host = byway.names;
        checkHostIP = false;
        inherit (byway) proxyCommand;
      };
    };
  };
}
