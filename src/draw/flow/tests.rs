//! What a picture of a flow promises.
