"""`python -m sessions_guide`."""

import sys

from sessions_guide.cli import main

sys.exit(main())
