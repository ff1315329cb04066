"""A third party's extension: it stands in for an installed package, and knows peerward only as such a package would."""
