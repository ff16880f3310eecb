"""Official papers in the form of Decree 30/2020/NĐ-CP: a neutral model, three writers, one module for each form."""
