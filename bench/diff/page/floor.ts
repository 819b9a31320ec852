// The floor: the patch's first lines as plain text, a line an element, without colours, numbers or anything that listens.
const MOST_LINES = 1000;

export function draw(element: HTMLElement, patch: string): void {
  element.className = "peer";
  const lines = patch.split("\n", MOST_LINES).map((text) => {
    const line = document.createElement("div");
    line.className = "plain";
    line.textContent = text === "" ? " " : text;
    return line;
  });
  element.replaceChildren(...lines);
}
