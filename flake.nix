{
  description = "reach a machine over SSH by the best of several networks";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
    in
    {
      packages = nixpkgs.lib.genAttrs systems (
        system:
        let
          byway = nixpkgs.legacyPackages.${system}.callPackage ./nix/package.nix { };
        in
        {
          inherit byway;
          default = byway;
        }
      );

      overlays.default = final: _previous: { byway = final.callPackage ./nix/package.nix { }; };

      # pkgs: tarball: the package, from the one for npm that a release has
      lib.fromRelease = pkgs: tarball: pkgs.callPackage ./nix/release.nix { inherit tarball; };

      nixosModules.default = import ./nix/nixos-module.nix;
      homeManagerModules.default = import ./nix/home-module.nix;
    };
}
