"""The page: `streamlit run app.py`."""

import crampnet.ui

crampnet.ui.main()
