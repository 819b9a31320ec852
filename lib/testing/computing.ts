/** Milliseconds that this process computes for `work`, whatever else the host is busy with. */
export function computing(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}
