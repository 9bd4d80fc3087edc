"""The page: `python app.py`, then http://127.0.0.1:7860. `python -m genai serve` is the same."""

from genai.serve import main

if __name__ == "__main__":
    main()
