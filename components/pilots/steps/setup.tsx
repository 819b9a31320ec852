import { ChoiceField, CodeField, LinesField, type PartProps } from "./fields.tsx";

/** What is installed before anything is tested; the one place of a charter where a network is opened. */
export function Setup(own: PartProps) {
  return (
    <fieldset className="grid gap-3">
      <legend className="label mb-1.5">Setup, before anything is tested</legend>
      <CodeField
        {...own}
        name="environment.setupArgv"
        label="Setup command"
        hint="Such as npm ci. Empty: nothing is installed, and nothing has a network. It sees manifests and lockfiles of the base alone."
      />
      <div className="r2">
        <LinesField
          {...own}
          name="environment.setupHosts"
          label="Hosts it may reach"
          hint="Such as registry.npmjs.org; port 443 unless another one is written, and TLS to that very name. One a line."
          rows={3}
        />
        <LinesField
          {...own}
          name="environment.setupPaths"
          label="Folders that stay"
          hint="Such as node_modules, with pnpm also that of each workspace: read-only wherever the tree is used. One a line."
          rows={3}
        />
      </div>
      <ChoiceField
        {...own}
        name="environment.setupScripts"
        label="Scripts of packages"
        hint="Off asks npm, pnpm, Yarn, pip, uv and Poetry to run none; other tools know no such word."
        options={[
          { value: "off", title: "Off" },
          { value: "on", title: "On" },
        ]}
      />
    </fieldset>
  );
}
