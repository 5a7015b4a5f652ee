// A machine's network: its links, its ports, its sockets.

import * as network from "proctor:driver/network@0.1.0";

import { optionalText, port as portNumber, text } from "./argument";
import type { TimeoutOptions } from "./command";
import { ProctorError } from "./error";
import { WithFiles } from "./files";
import { passWithin } from "./gate";
import { inspect } from "./inspect";
import { timeoutOf } from "./shell";

/** Where a port is looked for. */
export interface PortOptions extends TimeoutOptions {
  /** The address as seen from the machine. Default: `localhost`. */
  address?: string | undefined;
}

/** Which kind of socket is looked for. */
export interface SocketOptions extends TimeoutOptions {
  /** What it carries. Default: `stream`. */
  kind?: "stream" | "datagram" | undefined;
}

function addressOf(options: PortOptions | undefined): string | null {
  return optionalText(options?.address, "the address");
}

/** The network. */
export abstract class WithNetwork extends WithFiles {
  /**
   * Takes all its links to VLANs down, as if the cables were pulled.
   *
   * @throws {ProctorError} `unsupported` where the machine is on no VLAN.
   */
  block(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => network.block(this.resource, timeout));
  }

  /**
   * Takes its links to VLANs up again.
   *
   * @throws {ProctorError} `unsupported` where the machine is on no VLAN.
   */
  unblock(options?: TimeoutOptions): void {
    passWithin(timeoutOf(options), (timeout) => network.unblock(this.resource, timeout));
  }

  /**
   * Forwards a TCP port of the loopback address of the computer that runs the test to a port of the machine. The run
   * has to grant it. Port 0 takes any that is free. Returns the computer's port.
   *
   * @throws {ProctorError} `denied` where the run does not grant it; `monitor-error` where the port is taken.
   */
  forwardPort(hostPort: number, guestPort: number, options?: TimeoutOptions): number {
    portNumber(hostPort, "the host's port");
    portNumber(guestPort, "the machine's port");
    return passWithin(timeoutOf(options), (timeout) =>
      network.forwardPort(this.resource, hostPort, guestPort, timeout),
    );
  }

  /**
   * Waits until something on the machine accepts TCP connections on a port.
   *
   * @throws {ProctorError} `timed-out`, which tells the ports that the machine listens on.
   */
  waitForOpenPort(port: number, options?: PortOptions): void {
    portNumber(port, "the port");
    const address = addressOf(options);
    const limit = timeoutOf(options, "address");
    passWithin(limit, (timeout) => network.waitForOpenPort(this.resource, port, address, timeout));
  }

  /**
   * Waits until nothing accepts TCP connections on a port any more.
   *
   * @throws {ProctorError} `timed-out`.
   */
  waitForClosedPort(port: number, options?: PortOptions): void {
    portNumber(port, "the port");
    const address = addressOf(options);
    const limit = timeoutOf(options, "address");
    passWithin(limit, (timeout) => network.waitForClosedPort(this.resource, port, address, timeout));
  }

  /**
   * Waits until something on the machine listens on a UNIX socket.
   *
   * @throws {ProctorError} `timed-out`, which tells what is at that path.
   */
  waitForOpenUnixSocket(path: string, options?: SocketOptions): void {
    text(path, "the path");
    const kind = options?.kind ?? "stream";
    if (kind !== "stream" && kind !== "datagram") {
      const val = `the kind has to be "stream" or "datagram" and is ${inspect(kind)}`;
      throw ProctorError.of({ tag: "invalid-argument", val });
    }
    const limit = timeoutOf(options, "kind");
    passWithin(limit, (timeout) => network.waitForOpenUnixSocket(this.resource, path, kind, timeout));
  }
}
