/** What a person chose; the cookie is read by the root layout, so the first paint is already right. */
export type Theme = "system" | "light" | "dark";

export const THEME_COOKIE = "ph-theme";

export function themeOf(cookie: string | undefined): Theme {
  return cookie === "light" || cookie === "dark" ? cookie : "system";
}

const YEAR_SECONDS = 31_536_000;

export const themeCookie = (theme: Theme): string =>
  `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${theme === "system" ? 0 : YEAR_SECONDS}; SameSite=Lax`;
