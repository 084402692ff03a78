# What both modules have in common: their options, the files, and ssh's part for the machines.
{
  config,
  lib,
  pkgs,
}:
let
  inherit (lib) mkOption types;
  json = pkgs.formats.json { };
  cfg = config.programs.byway;
  networks = if builtins.isAttrs cfg.inventory then cfg.inventory.networks or { } else { };
in
{
  options = {
    enable = lib.mkEnableOption "byway, which takes ssh to a machine by the best of its networks";
    package = mkOption {
      type = types.package;
      default = pkgs.callPackage ./package.nix { };
      description = "The byway that is installed, and that ssh calls.";
    };
    settings = mkOption {
      inherit (json) type;
      default = { };
      example = {
        flake = "/home/me/clan";
        timeout = 10;
      };
      description = "byway's configuration, config.json. Everybody can read it: put no password into it.";
    };
    inventory = mkOption {
      type = types.nullOr (types.either types.path json.type);
      default = null;
      description = "The inventory: a file, or what is to be in it. Everybody can read it.";
    };
    machines = mkOption {
      type = types.listOf types.str;
      default = lib.unique (
        lib.concatMap (network: builtins.attrNames (network.peers or { })) (builtins.attrValues networks)
      );
      defaultText = "those of the inventory, where it is given here";
      example = [ "web01" ];
      description = "The machines that ssh reaches through byway.";
    };
  };

  files =
    lib.optionalAttrs (cfg.settings != { }) {
      "byway/config.json".source = json.generate "byway-config.json" cfg.settings;
    }
    // lib.optionalAttrs (cfg.inventory != null) {
      "byway/inventory.json".source =
        if builtins.isAttrs cfg.inventory then
          json.generate "byway-inventory.json" cfg.inventory
        else
          cfg.inventory;
    };

  names = builtins.concatStringsSep " " cfg.machines;
  proxyCommand = ''"${cfg.package}/bin/byway" connect %n %p'';
}
