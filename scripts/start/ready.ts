/** Resolves once every gateway says it is ready. @throws Error naming the one that is not, with its failed checks. */
export async function waitUntilReady(urls: Readonly<Record<string, string>>, timeoutMs = 30_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  await Promise.all(
    Object.entries(urls).map(async ([member, url]) => {
      for (let failed = await notReady(url); failed !== undefined; failed = await notReady(url)) {
        if (Date.now() > until) throw new Error(`the gateway of ${member} is not ready: ${failed}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }),
  );
}

async function notReady(url: string): Promise<string | undefined> {
  const response = await fetch(`${url}/readyz`);
  if (response.ok) return undefined;
  const { checks } = (await response.json()) as { checks: readonly { name: string; ok: boolean; code: string }[] };
  return checks
    .filter(({ ok }) => !ok)
    .map(({ name, code }) => `${name} ${code}`)
    .join(', ');
}
