# tenon_add_model(): filled in with the frontend's Program.
