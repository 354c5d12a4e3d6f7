"""What people and the portal do to the catalog. One verb is one transaction; its effects come on commit."""
