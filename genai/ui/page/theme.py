"""Colours, fonts and spacing: white and near-black, with the generator's purple as the one accent."""

import gradio as gr
from gradio.themes.utils import colors

SANS = ("Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "system-ui", "sans-serif")
MONO = ("SFMono-Regular", "Consolas", "Noto Sans Mono CJK SC", "monospace")

PURPLE = colors.Color(
    name="purple",
    c50="#f6f2fd",
    c100="#ece3fb",
    c200="#d8c6f6",
    c300="#bfa1ee",
    c400="#a07ae2",
    c500="#8355d2",
    c600="#6a3cbc",
    c700="#572f9c",
    c800="#43257a",
    c900="#2f1b57",
    c950="#1e1139",
)
INK = colors.Color(
    name="ink",
    c50="#faf9f6",
    c100="#f3f1ec",
    c200="#e4e1da",
    c300="#cdc9c0",
    c400="#9a96a3",
    c500="#6d697a",
    c600="#565264",
    c700="#3b384a",
    c800="#282635",
    c900="#1c1a27",
    c950="#14121c",
)

# As Gradio's text_md, but in rem: the style sheet lets it grow with the window.
TEXT = gr.themes.sizes.Size(
    name="lab_text",
    xxs="0.5625rem",
    xs="0.625rem",
    sm="0.75rem",
    md="0.875rem",
    lg="1rem",
    xl="1.375rem",
    xxl="1.625rem",
)


def theme() -> gr.themes.Base:
    """Return the page's theme. Its fonts come with Gradio, so that nothing is loaded from other servers."""
    # Without 600: the files of that weight that come with Gradio lack the Latin letters, and others would stand in.
    fonts = [gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), *map(gr.themes.Font, SANS)]
    mono = [gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), *map(gr.themes.Font, MONO)]
    base = gr.themes.Base(
        primary_hue=PURPLE,
        secondary_hue=PURPLE,
        neutral_hue=INK,
        text_size=TEXT,
        spacing_size=gr.themes.sizes.spacing_md,
        radius_size=gr.themes.sizes.radius_md,
        font=fonts,
        font_mono=mono,
    )
    return base.set(**_surfaces(), **_controls(), **_buttons())


def _surfaces() -> dict[str, str]:
    return {
        "body_background_fill": "#f6f4ef",
        "body_background_fill_dark": "#14121c",
        "body_text_color": "#1c1a27",
        "body_text_color_dark": "#ecebf2",
        "body_text_color_subdued": "#565264",
        "body_text_color_subdued_dark": "#aca8bb",
        "background_fill_primary": "#ffffff",
        "background_fill_primary_dark": "#1c1a27",
        "background_fill_secondary": "#faf9f6",
        "background_fill_secondary_dark": "#181621",
        "border_color_primary": "#e1ddd3",
        "border_color_primary_dark": "#353244",
        "block_background_fill": "transparent",
        "block_background_fill_dark": "transparent",
        "block_border_width": "0px",
        "block_border_width_dark": "0px",
        "block_padding": "0px",
        "block_shadow": "none",
        "block_shadow_dark": "none",
        "block_info_text_color": "#565264",
        "block_info_text_color_dark": "#aca8bb",
        "block_info_text_size": "*text_sm",
        "block_title_text_weight": "600",
        "block_title_text_color": "#1c1a27",
        "block_title_text_color_dark": "#ecebf2",
        "form_gap_width": "0px",
        "layout_gap": "20px",
        "link_text_color": "*primary_600",
        "link_text_color_dark": "*primary_300",
    }


def _controls() -> dict[str, str]:
    return {
        "input_background_fill": "#ffffff",
        "input_background_fill_dark": "#14121c",
        "input_border_color": "#cdc9c0",
        "input_border_color_dark": "#453f5c",
        "input_border_color_focus": "*primary_600",
        "input_border_color_focus_dark": "*primary_400",
        "input_border_width": "1px",
        "input_placeholder_color": "#6d697a",
        "input_placeholder_color_dark": "#918da2",
        "input_shadow": "none",
        "input_shadow_dark": "none",
        "slider_color": "*primary_600",
        "slider_color_dark": "*primary_400",
        "checkbox_label_background_fill": "#ffffff",
        "checkbox_label_background_fill_dark": "#1c1a27",
        "checkbox_label_background_fill_hover": "*primary_50",
        "checkbox_label_background_fill_hover_dark": "*primary_900",
        "checkbox_label_background_fill_selected": "*primary_600",
        "checkbox_label_background_fill_selected_dark": "*primary_600",
        "checkbox_label_text_color_selected": "#ffffff",
        "checkbox_label_text_color_selected_dark": "#ffffff",
        "checkbox_label_border_color": "#cdc9c0",
        "checkbox_label_border_color_dark": "#453f5c",
        "checkbox_label_border_width": "1px",
        "checkbox_label_border_width_dark": "1px",
        "checkbox_label_padding": "5px 12px",
        "checkbox_label_shadow": "none",
        "checkbox_label_shadow_dark": "none",
    }


def _buttons() -> dict[str, str]:
    return {
        "button_primary_background_fill": "*primary_600",
        "button_primary_background_fill_dark": "*primary_600",
        "button_primary_background_fill_hover": "*primary_700",
        "button_primary_background_fill_hover_dark": "*primary_500",
        "button_primary_border_color": "*primary_600",
        "button_primary_border_color_dark": "*primary_600",
        "button_primary_text_color": "#ffffff",
        "button_primary_text_color_dark": "#ffffff",
        "button_secondary_background_fill": "#ffffff",
        "button_secondary_background_fill_dark": "#282635",
        "button_secondary_background_fill_hover": "#f3f1ec",
        "button_secondary_background_fill_hover_dark": "#3b384a",
        "button_secondary_border_color": "#cdc9c0",
        "button_secondary_border_color_dark": "#453f5c",
        "button_secondary_text_color": "#1c1a27",
        "button_secondary_text_color_dark": "#ecebf2",
        "button_border_width": "1px",
        "button_border_width_dark": "1px",
        "button_large_radius": "8px",
        "button_large_text_weight": "600",
    }
