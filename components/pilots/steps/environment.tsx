import { Artefacts } from "./artefacts.tsx";
import { ChoiceField, CodeField, LinesField, NumberField, Part, type PartProps } from "./fields.tsx";
import { PhaseLimits } from "./protection.tsx";
import { Setup } from "./setup.tsx";

export function Environment(own: PartProps) {
  return (
    <Part
      id="environment"
      title="Environment"
      text="How the harness tests, and what a sandbox gets. There is no network in it, but for setup."
    >
      <CodeField
        {...own}
        name="environment.testArgv"
        label="Test command"
        hint="Words with spaces in quotes. It goes through no shell."
      />
      <div className="r2">
        <CodeField
          {...own}
          name="environment.reportPath"
          label="Report it writes"
          hint="JUnit XML, relative to the repository."
        />
        <NumberField
          {...own}
          name="environment.repeats"
          label="Runs of each tree"
          hint="More of them find flakier tests."
        />
      </div>
      <LinesField
        {...own}
        name="environment.harnessPaths"
        label="Harness paths"
        hint="Tests and their settings: taken from the base whenever a patch is judged. One a line."
        rows={5}
      />
      <div className="r4">
        <NumberField {...own} name="environment.memoryMb" label="Memory" unit="MB" />
        <NumberField {...own} name="environment.diskMb" label="Files" unit="MB" hint="Part of the memory." />
        <NumberField {...own} name="environment.cpus" label="Cores" />
        <NumberField {...own} name="environment.processes" label="Processes" />
      </div>
      <ChoiceField
        {...own}
        name="environment.minimumTier"
        label="Sandbox"
        hint="Strong has memory, process and CPU limits and a system call filter. Weak lacks one of them."
        options={[
          { value: "strong", title: "Strong only" },
          { value: "weak", title: "Weak is enough" },
        ]}
      />
      <PhaseLimits {...own} />
      <Setup {...own} />
      <Artefacts {...own} />
    </Part>
  );
}
