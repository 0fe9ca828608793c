/** A button that shows and hides what belongs to it, which is made when it is shown first. */
import { button, element } from "./dom.ts";

let lastId = 0;

export class Toggle {
  readonly button: HTMLButtonElement;
  readonly details: HTMLElement;

  constructor(
    buttonClass: string,
    detailsClass: string,
    private readonly make: () => HTMLElement[],
  ) {
    this.button = button(buttonClass, "", () => {
      this.isOpen = !this.isOpen;
    });
    this.details = element("div", detailsClass);
    lastId += 1;
    this.details.id = `wire-details-${lastId}`;
    this.details.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.button.setAttribute("aria-controls", this.details.id);
  }

  get isOpen(): boolean {
    return !this.details.hidden;
  }

  set isOpen(open: boolean) {
    if (open && this.details.childElementCount === 0) {
      this.details.append(...this.make());
    }
    this.details.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
  }
}
