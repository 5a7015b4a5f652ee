import asyncio
import asyncio.selector_events
import signal
import unittest
import unittest.mock

import proctor
from proctor import interpreter
from proctor.failure import text_of


class Interpreter(unittest.TestCase):
    def test_the_end_of_the_process_is_an_error_with_a_text(self) -> None:
        raise_signal = interpreter._raise_signal(signal.raise_signal, signal)
        for call, said in [
            (lambda: interpreter._exit(0), "the test called os._exit(0)"),
            (interpreter._abort, "the test called os.abort()"),
            (lambda: raise_signal(signal.SIGABRT), "the test called signal.raise_signal(SIGABRT)"),
            (lambda: raise_signal(6), "the test called signal.raise_signal(6)"),
        ]:
            with self.assertRaises(SystemExit) as raised:
                call()
            self.assertEqual(text_of(raised.exception), said)

    def test_signals_that_are_handled_are_raised(self) -> None:
        raise_signal = interpreter._raise_signal(signal.raise_signal, signal)
        # A process in the background may have been started to ignore it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        with self.assertRaises(KeyboardInterrupt):
            raise_signal(signal.SIGINT)
        heard = []
        before = signal.signal(signal.SIGTERM, lambda *_: heard.append("handled"))
        self.addCleanup(signal.signal, signal.SIGTERM, before)
        raise_signal(signal.SIGTERM)
        raise_signal(signal.SIGCHLD)
        self.assertEqual(heard, ["handled"])
        with self.assertRaises(ValueError):
            raise_signal(-1)

    def test_there_is_no_event_loop(self) -> None:
        async def waits() -> None: ...

        loop = asyncio.selector_events.BaseSelectorEventLoop
        coroutine = waits()
        self.addCleanup(coroutine.close)
        with unittest.mock.patch.object(loop, "__init__", loop.__init__):
            interpreter.replace_in(asyncio.selector_events)
            with self.assertRaisesRegex(proctor.Error, "^there is no asyncio in tests: "):
                asyncio.run(coroutine)


if __name__ == "__main__":
    unittest.main()
