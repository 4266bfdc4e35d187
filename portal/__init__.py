"""The customer portal: the privacy policy as running code."""
