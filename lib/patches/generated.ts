// Files that a tool writes and people rarely read: shown folded, counted, never left out. By name alone, after the list
// of github-linguist (lib/linguist/generated.rb); what a patch says of itself in .gitattributes counts for nothing. Pure.

const LOCKFILES = new Set(
  "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock composer.lock Gemfile.lock Cargo.lock poetry.lock uv.lock pdm.lock Pipfile.lock pixi.lock go.sum gradle.lockfile flake.lock Podfile.lock Package.resolved mix.lock packages.lock.json gopkg.lock glide.lock esy.lock pubspec.lock .terraform.lock.hcl".split(
    " ",
  ),
);

const NAMES: readonly RegExp[] = [
  /\.min\.(?:js|mjs|css)$/,
  /\.(?:js|mjs|css)\.map$/,
  /\.pb\.(?:go|cc|h|gw\.go)$|_pb2(?:_grpc)?\.pyi?$|_pb\.(?:js|d\.ts)$/,
  /\.(?:designer|g|generated)\.(?:cs|vb)$/i,
  /\.(?:g|freezed|gr)\.dart$/,
  /(?:^|\/)(?:zz_generated\.|__generated__\/|generated\/)/,
  /\.generated\.[^/.]+$/,
  /(?:^|\/)(?:node_modules|bower_components|Godeps|\.yarn\/releases)\//,
  /(?:^|\/)(?:dist|out)\/[^/]*\.(?:js|css)$/,
  /\.(?:nib|xcworkspacedata|xcuserstate|pbxproj)$/,
];

export const isLockfile = (path: string): boolean => LOCKFILES.has(path.slice(path.lastIndexOf("/") + 1));

export const isGenerated = (path: string): boolean =>
  isLockfile(path) || NAMES.some((pattern) => pattern.test(path));
