import { Loader, type LucideIcon } from "lucide-react";
import Link from "next/link";
import type { ComponentProps } from "react";
import { Icon } from "./icon.tsx";

export interface ButtonLook {
  /** `ink` is the one primary of a view; `stop` belongs to the emergency stop dialog alone. */
  readonly tone?: "plain" | "ink" | "danger" | "quiet" | "stop";
  readonly size?: "sm" | "md" | "lg";
  readonly icon?: LucideIcon;
  /** Only an icon; then `aria-label` is needed. */
  readonly square?: boolean;
}

function classOf({ tone = "plain", size = "md", square = false }: ButtonLook, more = ""): string {
  return ["btn", tone === "plain" ? "" : tone, size === "md" ? "" : size, square ? "sq" : "", more]
    .filter(Boolean)
    .join(" ");
}

export interface ButtonProps extends ButtonLook, Omit<ComponentProps<"button">, "disabled"> {
  /** Says what it is doing; the button keeps its place and takes no second press. */
  readonly pending?: string | false | undefined;
  /** Why it cannot be pressed; read out, and to be written beside it too. */
  readonly blocked?: string | false | undefined;
}

/** What is off stays focusable and says why; it is no submit button then, so it needs no handler to be harmless. */
export function Button({
  tone,
  size,
  icon,
  square,
  pending,
  blocked,
  children,
  className,
  ...rest
}: ButtonProps) {
  const off = Boolean(pending || blocked);
  return (
    <button
      {...rest}
      type={off ? "button" : (rest.type ?? "button")}
      className={classOf({ tone, size, square }, className)}
      aria-disabled={off || undefined}
      aria-busy={pending ? true : undefined}
      title={blocked || rest.title}
      onClick={off ? undefined : rest.onClick}
    >
      {pending ? (
        <Icon of={Loader} className="spin" />
      ) : icon ? (
        <Icon of={icon} size={size === "lg" ? 14 : 12} />
      ) : null}
      {pending || children}
    </button>
  );
}

export function ButtonLink({
  tone,
  size,
  icon,
  square,
  children,
  className,
  ...rest
}: ButtonLook & ComponentProps<typeof Link>) {
  return (
    <Link {...rest} className={classOf({ tone, size, square }, className)}>
      {icon ? <Icon of={icon} size={size === "lg" ? 14 : 12} /> : null}
      {children}
    </Link>
  );
}
