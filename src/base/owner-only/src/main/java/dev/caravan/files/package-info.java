/** Files that other users of the machine may not see. */
package dev.caravan.files;
