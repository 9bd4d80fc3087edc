"""A public link to the page, through Gradio's tunnel."""

import gradio as gr
from gradio import networking


def open_tunnel(blocks: gr.Blocks) -> str:
    """Open the tunnel to a page that is already served; returns the sentence to print.

    Not by `launch(share=True)`: then every visitor's page, even a local one, loads a script from a server of
    Gradio's makers, and stays blank where that cannot be reached.
    """
    try:
        address = networking.setup_tunnel(
            local_host=blocks.server_name,
            local_port=blocks.server_port,
            share_token=blocks.share_token,
            share_server_address=None,
            share_server_tls_certificate=None,
        )
    except Exception as error:  # of whatever kind: the page is still served locally
        reason = str(error).rstrip(".") or type(error).__name__
        return f"No public link: the tunnel cannot be reached from here ({reason}). The page is served locally on."
    return f"Public link, for at most a week: {address}"
