import { ChoiceField, Group, LinesField, NumberField, type PartProps } from "./fields.tsx";
import { Reading, Tools } from "./protection.tsx";

/** When the agent has to ask before it does something, whom nobody asks, and what happens without an answer. */
export function Asking(own: PartProps) {
  return (
    <Group title="Asking before a command">
      <ChoiceField
        {...own}
        name="controls.askMode"
        label="The agent asks"
        hint="What only reads (ls, cat, rg, git diff and the like) and the test command never ask. The sandbox holds either way."
        options={[
          { value: "never", title: "Never: it runs what it wants inside its sandbox" },
          { value: "unlisted", title: "Before what is on no list below" },
        ]}
      />
      <Tools {...own} />
      <Reading {...own} />
      <div className="r2">
        <LinesField
          {...own}
          name="controls.allowedCommands"
          label="Allowed commands"
          hint="One a line, run without anybody being asked. npm run build is that alone, npm run * with anything behind."
          rows={4}
        />
        <LinesField
          {...own}
          name="controls.deniedCommands"
          label="Denied commands"
          hint="One a line, refused whoever would allow them, with anything behind: git push. They win over the allowed."
          rows={4}
        />
      </div>
      <div className="r2">
        <NumberField
          {...own}
          name="controls.askMinutes"
          label="An answer is waited for"
          unit="min"
          hint="Meanwhile its runner is kept, and the time of the attempt runs."
        />
        <ChoiceField
          {...own}
          name="controls.unattended"
          label="Without one"
          hint="A parked run has no runner; decided, it goes on from its snapshot."
          options={[
            { value: "deny_and_continue", title: "Decline, and the agent goes on" },
            { value: "park", title: "Park the run until somebody decides" },
          ]}
        />
      </div>
    </Group>
  );
}
