// Files of a machine, and files that go into it and come out of it.

import * as files from "proctor:driver/files@0.1.0";

import { text } from "./argument";
import type { TimeoutOptions } from "./command";
import { passWithin } from "./gate";
import { WithKeyboard } from "./keyboard";
import { timeoutOf } from "./shell";

/** Files. A machine's path that does not begin with `/` is one from where commands run. */
export abstract class WithFiles extends WithKeyboard {
  /**
   * Waits until there is a file of this name on the machine, of whatever kind.
   *
   * @throws {ProctorError} `timed-out`, which tells how much of the path there is.
   */
  waitForFile(path: string, options?: TimeoutOptions): void {
    text(path, "the path");
    passWithin(timeoutOf(options), (timeout) => files.waitForFile(this.resource, path, timeout));
  }

  /**
   * Copies a file or a directory of the computer that runs the test to exactly this path on the machine, with its
   * modes, as root's; directories above it are made. The source must lie in a directory that the run grants: an
   * absolute path below one, or `NAME/path` for one that is granted by name. The machine needs `head`, and `tar` for a
   * directory.
   *
   * @throws {ProctorError} `denied` where the run does not grant the source; `invalid-argument` where there is no such
   * file.
   */
  copyFromHost(source: string, target: string, options?: TimeoutOptions): void {
    text(source, "the source");
    text(target, "the target");
    passWithin(timeoutOf(options), (timeout) => files.copyFromHost(this.resource, source, target, timeout));
  }

  /**
   * Copies one file as {@link copyFromHost} does, over the machine's shell alone: slow, and without any need of the
   * machine but bash and `base64`.
   */
  copyFromHostViaShell(source: string, target: string, options?: TimeoutOptions): void {
    text(source, "the source");
    text(target, "the target");
    passWithin(timeoutOf(options), (timeout) => files.copyFromHostViaShell(this.resource, source, target, timeout));
  }

  /**
   * Copies a file or a directory of the machine into a directory beneath the output directory, which is made, under the
   * source's last name. Without a directory it is the output directory itself. Returns the path below the output
   * directory. Devices and pipes, and links that lead out of the copied directory, are left out, with a warning in the
   * log. The machine needs `tar`.
   *
   * @throws {ProctorError} `invalid-argument` where there is no such file, where it is too large, and where the
   * directory is none below the output directory; `unsupported` where the machine lacks `tar`; `host-failure` where the
   * disk is full.
   */
  copyFromMachine(source: string, targetDirectory = "", options?: TimeoutOptions): string {
    text(source, "the source");
    text(targetDirectory, "the target directory");
    return passWithin(timeoutOf(options), (timeout) =>
      files.copyFromMachine(this.resource, source, targetDirectory, timeout),
    );
  }
}
