// What is compared, each mounted alone by the address: ?who=ours|pierre|diff2html|floor.
import "#app/tokens.css";
import "#app/styles/base.css";
import "#app/styles/controls.css";
import "#app/styles/page.css";
import "#app/styles/blocks.css";
import "#components/review/review.css";
import "#components/review/diff/diff.css";
import { createRoot } from "react-dom/client";

const who = new URL(location.href).searchParams.get("who") ?? "ours";
const root = document.querySelector<HTMLElement>("#root");
if (!root) throw new Error("The page has no root.");

async function mount(element: HTMLElement): Promise<void> {
  if (who === "ours") {
    const given = fetch("/given.json");
    const { Ours } = await import("./ours.tsx");
    createRoot(element).render(<Ours given={await (await given).json()} />);
  } else if (who === "pierre") {
    const patch = fetch("/patch");
    const { Pierre } = await import("./pierre.tsx");
    createRoot(element).render(<Pierre patch={await (await patch).text()} />);
  } else {
    const patch = fetch("/patch");
    const { draw } = await (who === "floor" ? import("./floor.ts") : import("./diff2html.ts"));
    draw(element, await (await patch).text());
  }
}

void mount(root);
