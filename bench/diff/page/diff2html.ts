import { html } from "diff2html";
import "diff2html/bundles/css/diff2html.min.css";

export function draw(element: HTMLElement, patch: string): void {
  element.className = "peer";
  // Its own escaping stands between the patch and the page; the patch is of the bench's making.
  element.innerHTML = html(patch, { outputFormat: "side-by-side", drawFileList: true });
}
