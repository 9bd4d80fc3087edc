"""Instruments: played in the browser with sounds of the models. Here are the sounds, and which instrument suits."""
