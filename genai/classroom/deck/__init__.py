"""The items of "Real or made?": real and made ones in pairs of one class, and what the machine says of them.

`draw.py` is the chance in it, without any network; `adversarial.py` gathers pictures and sounds, `lines.py` texts.
"""
