"""The listening socket: refused clearly where it cannot be had."""

import pytest

from brim.host.listener import CannotListenError, PortTakenError, listener_url, open_listener


def test_a_taken_port_is_named() -> None:
    with open_listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port} on 127.0.0.1 is in use"):
            open_listener("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotListenError, match=r"192\.0\.2\.1"):
        open_listener("192.0.2.1", 0)


def test_a_name_that_means_nothing_is_refused() -> None:
    with pytest.raises(CannotListenError, match=r"no-such-host\.invalid"):
        open_listener("no-such-host.invalid", 0)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")])
def test_the_url_is_one_that_a_client_here_can_use(host: str, shown: str) -> None:
    with open_listener(host, 0) as listener:
        assert listener_url(listener) == f"http://{shown}:{listener.getsockname()[1]}"
