/** What stands in the result for a part that could not be evaluated, or is no data. */
export const LOST = { byway: 'lost' } as const

/** How lines of stderr begin that say which part is evaluated next. */
export const MARK = 'trace: byway '

/** What is to be evaluated of a clan. */
export interface Wanted {
  /** false: the exports are known already */
  readonly exports: boolean
  /** parts that end the whole evaluation, as `MARK` named them */
  readonly skip: readonly string[]
}

/**
 * A function of Nix for `nix eval --apply`, from a flake's output `clan` to what byway wants to know
 * of it. Every value is behind a `tryEval` of its own, so that what throws, and what is a function,
 * loses nothing but itself. What Nix cannot catch (an attribute or file that is not there) ends the
 * evaluation: then the last mark on stderr names the part to skip in the next one.
 */
export function makeExpression({ exports, skip }: Wanted): string {
  return `
clan:
let
  inherit (builtins) concatMap elem intersectAttrs isAttrs isFunction isList mapAttrs toJSON;
  inherit (builtins) trace tryEval typeOf;
  skip = [ ${skip.map(quoteNix).join(' ')} ];
  lost = { byway = "lost"; };
  sound = value:
    let
      tried = tryEval value;
      it = tried.value;
    in
    if !tried.success || isFunction it then lost
    else if isList it then map sound it
    else if isAttrs it then (if it ? outPath || it ? __toString then lost else mapAttrs (_: sound) it)
    else if typeOf it == "path" then toString it
    else it;
  attrsOf = value:
    let tried = tryEval value; in
    if tried.success && isAttrs tried.value then tried.value else { };
  listOf = value:
    let tried = tryEval value; in
    if tried.success && isList tried.value then tried.value else [ ];
  mark = path: value:
    let name = toJSON path; in
    if elem name skip then lost else trace "byway \${name}" value;
  part = path: value: mark path (sound value);
  # functions of other exports' values are no business of byway
  networkOf = value:
    if isAttrs value then intersectAttrs { networking = null; peer = null; } value else null;
  networksOf = path: mapAttrs (key: value: part (path ++ [ key ]) (networkOf value));
  exportsOf = all:
    if !(isAttrs all) then null
    else if isAttrs (all.instances or null) then
      { instances = networksOf [ "exports" "instances" ] all.instances; }
    else networksOf [ "exports" ] all;
  # settings are modules: a set, or what it imports
  jumpsOf = settings:
    let own = attrsOf settings; in
    listOf (own.jumphosts or [ ])
    ++ listOf ((attrsOf (own.config or { })).jumphosts or [ ])
    ++ concatMap jumpsOf (listOf (own.imports or [ ]));
  inventory = attrsOf (clan.inventory or { });
in
{
  exports = ${exports ? 'mark [ "exports" ] (exportsOf (clan.exports or null))' : 'null'};
  targetHosts = mark [ "targetHosts" ] (mapAttrs
    (machine: value: part [ "targetHosts" machine ] (value.deploy.targetHost or null))
    (attrsOf (inventory.machines or { })));
  jumpHosts = mark [ "jumpHosts" ] (mapAttrs
    (instance: value: mapAttrs
      (machine: value: part [ "jumpHosts" instance machine ] (jumpsOf (value.settings or { })))
      (attrsOf (value.roles.default.machines or { })))
    (attrsOf (inventory.instances or { })));
  domain = part [ "domain" ] (
    let own = inventory.meta.domain or null; in
    if own != null then own else clan.meta.domain or null);
  directory = part [ "directory" ] (clan.clanInternals.inventoryClass.relativeDirectory or "");
}
`
}

/** A string of Nix's language. */
function quoteNix(text: string): string {
  return `"${text.replace(/["\\]|\$(?=\{)/g, '\\$&')}"`
}
