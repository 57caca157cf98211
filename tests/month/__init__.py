"""The month drill: a month of live money, in which worker and bank are killed again and again."""
