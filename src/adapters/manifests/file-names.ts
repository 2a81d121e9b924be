/**
 * Is this the name of a manifest? Dotfiles (a ConfigMap's `..data`, editors' swap files), locks and
 * autosaves (`#web.json#`) are none; backups (`web.json~`, `web.json.bak`) end in something else.
 */
export const isManifestName = (name: string): boolean => /^[^.#].*\.(json|ya?ml)$/.test(name);
