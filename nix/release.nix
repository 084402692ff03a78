# byway from the package for npm that a release has, byway-<version>.tgz: nothing is built, and nothing fetched.
{
  lib,
  stdenvNoCC,
  nodejs,
  installShellFiles,
  tarball,
}:
stdenvNoCC.mkDerivation {
  pname = "byway";
  inherit (lib.importJSON ../package.json) version;
  src = tarball;
  sourceRoot = "package";
  nativeBuildInputs = [ installShellFiles ];
  buildInputs = [ nodejs ];

  installPhase = ''
    runHook preInstall
    install -Dm755 dist/byway.js $out/lib/byway/byway.js
    patchShebangs --host $out/lib/byway/byway.js
    mkdir -p $out/bin
    ln -s $out/lib/byway/byway.js $out/bin/byway
    installManPage dist/byway.1
    installShellCompletion --name byway.bash dist/completions/bash
    installShellCompletion --zsh --name _byway dist/completions/zsh
    installShellCompletion --fish --name byway.fish dist/completions/fish
    runHook postInstall
  '';

  meta = {
    description = "Reach a machine over SSH by the best of several networks";
    license = lib.licenses.mit;
    mainProgram = "byway";
  };
}
