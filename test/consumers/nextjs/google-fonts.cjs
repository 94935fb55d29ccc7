// Replaces Google's responses for the two fonts of create-next-app's layout with local fonts.
/** @param {string} family */
const font = (family) =>
  `@font-face { font-family: '${family}'; font-weight: 100 900; src: local('sans-serif'); }`

module.exports = {
  'https://fonts.googleapis.com/css2?family=Geist:wght@100..900&display=swap': font('Geist'),
  'https://fonts.googleapis.com/css2?family=Geist+Mono:wght@100..900&display=swap': font('Geist Mono'),
}
