"""The form of Create algorithm: one form or formset per section, held together by `page.AlgorithmPage`."""
