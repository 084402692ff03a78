# byway from its sources. It is one JavaScript file: what it needs at run time is Node alone.
{
  lib,
  buildNpmPackage,
  importNpmLock,
  installShellFiles,
}:
let
  lock = lib.importJSON ../package-lock.json;

  # The lock file names no registry.
  addUrl =
    path: entry:
    let
      name = entry.name or (lib.last (lib.splitString "node_modules/" path));
      file = lib.last (lib.splitString "/" name);
    in
    if path == "" then
      entry
    else
      entry // { resolved = "https://registry.npmjs.org/${name}/-/${file}-${entry.version}.tgz"; };
in
buildNpmPackage {
  pname = "byway";
  inherit (lock) version;
  src = lib.cleanSource ../.;

  npmDeps = importNpmLock {
    npmRoot = ../.;
    packageLock = lock // {
      packages = lib.mapAttrs addUrl lock.packages;
    };
  };
  inherit (importNpmLock) npmConfigHook;
  npmFlags = [ "--ignore-scripts" ];
  nativeBuildInputs = [ installShellFiles ];

  buildPhase = ''
    runHook preBuild
    node scripts/bundle.mjs
    node --import tsx scripts/manual.ts >dist/byway.1
    runHook postBuild
  '';

  # A link, and no wrapper: the path in ~/.ssh/config is then the profile's, which outlives updates.
  installPhase = ''
    runHook preInstall
    install -Dm755 dist/byway.js $out/lib/byway/byway.js
    patchShebangs $out/lib/byway/byway.js
    mkdir -p $out/bin
    ln -s $out/lib/byway/byway.js $out/bin/byway
    installManPage dist/byway.1
    installShellCompletion --cmd byway \
      --bash <($out/bin/byway completion bash) \
      --zsh <($out/bin/byway completion zsh) \
      --fish <($out/bin/byway completion fish)
    runHook postInstall
  '';

  meta = {
    description = "Reach a machine over SSH by the best of several networks";
    license = lib.licenses.mit;
    mainProgram = "byway";
  };
}
