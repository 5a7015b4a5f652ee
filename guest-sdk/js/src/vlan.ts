// The virtual networks between the machines.

import type { Vlan as Resource } from "proctor:driver/vlan@0.1.0";

import { refuseOthers } from "./members";

/** A switch that machines are connected to. */
export class Vlan {
  readonly #resource: Resource;
  /** The number under which start scripts know it. */
  readonly number: number;

  /** @internal */
  constructor(resource: Resource, number: number) {
    this.#resource = resource;
    this.number = number;
  }

  /** Whether its switch runs. */
  isUp(): boolean {
    return this.#resource.isUp();
  }
}

refuseOthers(Vlan.prototype, "`Vlan` has no method");
