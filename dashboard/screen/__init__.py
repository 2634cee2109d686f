"""What Streamlit shows: filters, cards, tables, pages."""
