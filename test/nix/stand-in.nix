# As much of nixpkgs as the flake's parts need to be evaluated: no package is built, and no type is checked.
let
  inherit (builtins)
    attrNames
    concatMap
    elemAt
    filter
    foldl'
    isString
    length
    listToAttrs
    mapAttrs
    split
    ;
  type = { };
in
rec {
  lib = {
    inherit concatMap mapAttrs;
    cleanSource = path: path;
    genAttrs = names: make: listToAttrs (map (name: { inherit name; value = make name; }) names);
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    last = list: elemAt list (length list - 1);
    licenses.mit = "MIT";
    mkEnableOption = _: { default = false; };
    mkIf = condition: content: if condition then content else null;
    mkOption = option: option;
    optionalAttrs = condition: set: if condition then set else { };
    splitString = separator: text: filter isString (split separator text);
    types = {
      inherit type;
      either = _: _: type;
      listOf = _: type;
      nullOr = _: type;
      package = type;
      path = type;
      str = type;
    };
    unique = foldl' (known: one: if builtins.elem one known then known else known ++ [ one ]) [ ];
  };

  pkgs = {
    inherit lib;
    buildNpmPackage = arguments: arguments;
    stdenvNoCC.mkDerivation = arguments: arguments;
    importNpmLock = {
      npmConfigHook = "hook";
      __functor = _: arguments: arguments;
    };
    installShellFiles = "installShellFiles";
    nodejs = "nodejs";
    formats.json = _: {
      inherit type;
      generate = _: builtins.toJSON;
    };
    callPackage =
      file: more:
      let
        make = import file;
        wanted = builtins.intersectAttrs (builtins.functionArgs make) pkgs;
      in
      make (wanted // more);
  };

  nixpkgs = {
    inherit lib;
    legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "aarch64-darwin" ] (_: pkgs);
  };

  # what a module makes of a person's settings
  evaluate =
    module: settings:
    let
      config.programs.byway = mapAttrs (name: option: settings.${name} or option.default or null) options;
      result = module { inherit config lib pkgs; };
      options = result.options.programs.byway;
    in
    assert builtins.all (name: options ? ${name}) (attrNames settings);
    result.config;
}
