import { type ReactNode, useId } from "react";
import { useModal } from "./use-modal.ts";

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** One or two sentences below the title. */
  readonly text?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/**
 * The browser's own modal: focus stays inside, Escape closes, the page behind is inert, and no style or script
 * is injected that the content policy would have to allow.
 */
export function Dialog({ open, onClose, title, text, wide = false, children }: DialogProps) {
  const element = useModal(open);
  const heading = useId();
  return (
    <dialog ref={element} className={`dlg ${wide ? "wide" : ""}`} aria-labelledby={heading} onClose={onClose}>
      {open ? (
        <div className="dlg-in">
          <div>
            <h2 className="h1" id={heading}>
              {title}
            </h2>
            {text ? <div className="t2">{text}</div> : null}
          </div>
          {children}
        </div>
      ) : null}
    </dialog>
  );
}
