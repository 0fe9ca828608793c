/** Whether Python may be fetched before the reader shows that they want it. */

interface Connection {
  saveData?: boolean;
  type?: string;
}

export function bytesCostMoney(): boolean {
  const { connection } = navigator as { connection?: Connection };
  return connection?.saveData === true || connection?.type === "cellular";
}

/** Calls back when the page has loaded and the browser is idle, unless bytes cost the reader money. */
export function whenIdle(callback: () => void): void {
  if (bytesCostMoney() || !("requestIdleCallback" in window)) {
    return;
  }
  const idle = (): void => void requestIdleCallback(callback);
  if (document.readyState === "complete") {
    idle();
  } else {
    window.addEventListener("load", idle, { once: true });
  }
}
