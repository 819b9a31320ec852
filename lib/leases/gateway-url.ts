/** Where runners reach the gateway; null where this control plane has none. The web process checks the setting when it starts. */
export function gatewayUrl(): string | null {
  const url = process.env.PILOTHOUSE_GATEWAY_URL;
  return url ? new URL(url).origin : null;
}
