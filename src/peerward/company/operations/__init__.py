"""What can be done at a company: small functions on its state that raise ``CompanyError`` when refused."""
